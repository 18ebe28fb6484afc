generate() {
  install_python_packages
  PATH=$venv/bin:$PATH openapi-python-client generate --path "$document" --output-path build/client
}
list_operations() { find build/client/trailcat_client/api -mindepth 2 -name '*.py' ! -name __init__.py -exec basename -s .py {} +; }
list_schemas() { basename -a -s .py build/client/trailcat_client/models/*; }
compile() { "$venv/bin/python" -m compileall -q build/client; }
converse() { PYTHONPATH=build/client "$venv/bin/python" conversation.py; }
