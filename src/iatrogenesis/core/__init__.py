"""What everything else builds on: keyed noise, sourced numbers, instruments, files, Monte Carlo errors."""
