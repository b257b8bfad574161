"""The engine process of a compute pod: one job file in, one result file out, no credentials, no network of its own."""
