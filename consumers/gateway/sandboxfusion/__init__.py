"""SandboxFusion's API, and ScaleBox's batch request: programs run for trainers of models.

routes       who answers which request
wanted       what a client asks for, checked
completions  the code in what a model has written
calls        function problems of values without types
shown        what a program did, as clients read it
"""
