"""Where cases wait, how long steps take, which ways they go: figures for the diagram, charts and tables.

The worker works visits, walks, ways and returns out of the events (`gathering`); pages add them up (`steps`, `rework`,
`ways`, `comparing`, `course`). Reads only; what is counted how is said in docs/audit/insight.md.
"""
