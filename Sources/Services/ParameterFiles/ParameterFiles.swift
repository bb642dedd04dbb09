// ParameterFiles
