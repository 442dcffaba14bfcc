puts Gem::VERSION, Gem.loaded_specs.keys.sort.inspect, $LOADED_FEATURES.map { |f| f.sub(/.*ruby/, "") }, $LOAD_PATH
gem "json"
require "bundler"
puts Gem.path.inspect, Gem.user_dir, defined?(DidYouMean), defined?(ErrorHighlight), defined?(SyntaxSuggest)
require "no_such_gem"
