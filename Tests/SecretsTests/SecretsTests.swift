// SecretsTests
