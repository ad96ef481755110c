"""What is shared with people who have no access to the hub: the links, what each opens, and who has it open."""
