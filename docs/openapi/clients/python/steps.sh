generate() { openapi_generator python --additional-properties packageName=trailcat; }
list_operations() { sed -n 's/^    def \([a-z0-9_]*\)_with_http_info($/\1/p' build/client/trailcat/api/*.py; }
list_schemas() { basename -a -s .py build/client/trailcat/models/*; }
compile() { "$venv/bin/python" -m compileall -q build/client; }
converse() { PYTHONPATH=build/client "$venv/bin/python" conversation.py; }
