"""Support's desk and the admin of tickets."""
