"""Simulated people: crews, posts, citizens. They meet the rest by HTTP only; all of their habits are constructed."""
