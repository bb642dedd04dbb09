// ProcessorFeaturesTests
