"""Sources, splits and features: files to arrays, and the facts about them."""
