"""Identity: the ID namespaces that members associate, and the tables that map their ids."""
