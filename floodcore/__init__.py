"""The ground floor: what every service agrees on."""
