i = RubyVM::InstructionSequence.of(proc {})
puts i.path, i.absolute_path, i.label, RubyVM::InstructionSequence.compile_option.inspect, RubyVM.stat.keys.inspect
puts caller_locations(0).map { |l| [l.path, l.lineno, l.label, l.absolute_path] }.inspect
puts RubyVM::InstructionSequence.compile("1 + 1").disasm.size, RUBY_DESCRIPTION, RUBY_ENGINE, RubyVM::YJIT.enabled?
