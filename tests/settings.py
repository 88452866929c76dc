"""The product's settings, with what only tests change: quick password hashing and mail kept in memory."""

import os

os.environ.setdefault("DEBUG", "1")

from config.settings import *  # noqa: F403,E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["default"] = {"BACKEND": "django.core.files.storage.InMemoryStorage"}  # noqa: F405
