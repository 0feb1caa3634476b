"""How long a few questions take on a country's worth of figures, beside a floor measured in the same run."""
