"""The only folder that imports SpiffWorkflow: parsed specs shared by all cases, a flat runner, and our own codec."""
