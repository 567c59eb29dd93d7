"""Registers every blueprint of the app's roles; nothing else."""

import azure.functions as func

from functions import blueprints
from shared.settings import process_settings

app = func.FunctionApp()
for blueprint in blueprints(process_settings().roles):
    app.register_functions(blueprint)
