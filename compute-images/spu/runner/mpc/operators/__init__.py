"""One file per operator: what is prepared locally, what is shared, what is computed, what is opened."""
