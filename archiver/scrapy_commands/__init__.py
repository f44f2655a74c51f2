"""Commands that `scrapy` takes from us (COMMANDS_MODULE in archiver/settings.py): a module a command."""
