"""The words that every floor shares: messages, people, conversations, ports and errors."""
