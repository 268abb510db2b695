"""Where cases wait, how long steps take, which ways they go: figures for the diagram, charts and tables."""
