"""From YAML files to one checked `KnowledgeBase`; every problem is a diagnostic with its place."""
