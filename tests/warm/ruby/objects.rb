o = Object.new
puts o.object_id, Object.new.object_id, nil.object_id, 1.object_id, "a".object_id
puts Object.constants.sort.inspect, global_variables.sort.inspect, local_variables.inspect, binding.local_variables.inspect
puts self, self.class, __method__.inspect, caller.inspect, __FILE__, __dir__, $0, $PROGRAM_NAME, self.singleton_methods.inspect, private_methods(false).inspect
puts ObjectSpace.each_object(Class).count, ObjectSpace.each_object(Module).count, Symbol.all_symbols.size
