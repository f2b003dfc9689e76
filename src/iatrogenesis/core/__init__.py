"""What everything else builds on: noise, sourced numbers, instruments, files, Monte Carlo errors; imports nothing of ours."""
