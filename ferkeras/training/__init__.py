"""From a row to its trained networks."""
