"""Algorithm mpc 1.0.0: computing on rows that are split by columns among two or three parties, on secret shares."""
