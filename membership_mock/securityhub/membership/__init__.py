"""Administrator and member accounts by invitation or by organization: their association, stored once."""
