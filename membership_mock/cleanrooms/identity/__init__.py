"""Identity: the ID namespaces that members bring along, and the tables that map their ids."""
