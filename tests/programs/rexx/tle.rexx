do forever; end
