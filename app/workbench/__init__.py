"""The analysts' workbench: change a procedure, see what that means, publish it safely, bring running cases along.

A noun package beside the layers. It knows no procedure; nothing but routes, the worker and the command line imports it.
"""
