"""How long the five questions take on a country's worth of figures, beside a floor measured in the same run."""
