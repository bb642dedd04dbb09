#if Services
import ArgumentParser

/// Encrypted sums: many contributors, one analyst, and a server that reads nothing.
struct SumCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sum",
    abstract: "Many organisations contribute numbers that nobody sees; an analyst gets their sums.",
    discussion: """
      The analyst, with the keys that the server (hitoku-sumd key) and the auditor (hitoku sum keys) printed:
        hitoku sum keys analyst-keys
        hitoku sum create draft.json --keys analyst-keys --out study.json \\
          --provider-key HEX --auditor-key HEX --server HOST:7444 \\
          --peer certificate.pem --token-file analyst.token
        (send study.json to contributors and auditor, and the printed digest on another channel)

      Every contributor (--keys where the study lists contributors, as it should):
        hitoku sum keys acme-keys --contributor  # before: the draft lists its key
        hitoku sum submit study.json rows.csv --name "Acme Ltd" \\
          --keys acme-keys --receipt acme.receipt --server … \\
          --token-file acme.token

      At the end: the analyst closes, the auditor gives a seed, the analyst releases, the auditor computes the same bytes \
      and countersigns, the analyst decrypts.
        analyst$  hitoku sum close study.json --server …
        auditor$  hitoku sum audit study.json --keys auditor-keys --server …
        analyst$  hitoku sum release study.json --server …
        auditor$  hitoku sum audit study.json --keys auditor-keys --server …
        analyst$  hitoku sum result study.json --keys analyst-keys \\
                    --report page.html --publish --server …
        anybody$  hitoku sum verify-receipt study.json acme.receipt --server …
        anybody$  hitoku sum published study.json --server …

      Exit codes as for hitoku: 65 a file or a table; 69 the server, or what it says; 77 the study's rules forbid it.
      """,
    subcommands: [
      SumKeys.self, SumCreate.self, SumSubmit.self, SumWithdraw.self, SumStatus.self, SumReceipts.self,
      SumVerifyReceipt.self,
      SumClose.self, SumReleaseCommand.self, SumAuditCommand.self, SumResult.self, SumPublished.self,
    ])
}
#endif
