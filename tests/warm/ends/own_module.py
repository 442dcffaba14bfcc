import sys
print(sys.path[0], sys.path_importer_cache.get('main.py', 'missing'))
print(__import__("main").__name__) if __name__ == "__main__" else None
