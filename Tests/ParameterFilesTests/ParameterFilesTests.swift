// ParameterFilesTests
