"""The Cosmos DB query language: text -> tokens -> syntax tree -> closures -> rows."""
