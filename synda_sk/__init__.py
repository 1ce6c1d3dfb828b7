"""synda_sk."""
