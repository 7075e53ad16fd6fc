"""Coming in where not everyone may draw: the routes of people, screens and organisers."""
