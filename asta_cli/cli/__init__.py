"""The edge: settings and actor of one invocation, shared options, text for people. Only render.py prints."""
