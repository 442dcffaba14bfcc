import warnings
warnings.simplefilter('always')
f = open('/dev/null', 'rb', buffering=0)
