"""Published patterns beside simulated ones, and the calibration of the world to them."""
