"""The form editor: YAML changed where it is clicked and nowhere else, the tree and words of a form, its preview, code tables.

Only the routes of the workbench import it. A form stays a text; nothing here keeps another form of it.
"""
