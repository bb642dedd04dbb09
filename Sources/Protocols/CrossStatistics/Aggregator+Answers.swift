import BFV
import BigIntegers
import ParallelLoops

extension Aggregator {
  /// One table of one cell: what one thread works on.
  private struct Job: Sendable {
    let cell: Int
    let table: Int
  }

  /// The encoded answers of the next cells, a few at a time, cell by cell and pack by pack: for every table, for
  /// every limb. Empty when all cells are answered; none is answered twice.
  ///
  /// Its time depends on the number of weights: send nothing before all cells are done.
  public mutating func nextAnswers() throws(CrossStatisticsError) -> [[UInt8]] {
    let tables = plan.limbs.count
    let cells = nextCell..<min(plan.shape.cells, nextCell + max(1, 16 / tables))
    nextCell = cells.upperBound
    let jobs = cells.flatMap { cell in (0..<tables).map { Job(cell: cell, table: $0) } }
    let done = answers(jobs)
    var messages: [[UInt8]] = []
    for cell in cells.indices {
      for pack in 0..<plan.packs {
        var parts: [[UInt8]] = []
        for table in 0..<tables {
          guard let answers = done[(cell - cells.lowerBound) * tables + table] else {
            throw .weightOutOfRange
          }
          parts += answers[pack]
        }
        messages.append(RunMessage.joined(parts))
      }
    }
    return messages
  }

  /// For every job and pack the answers of all limbs; nil where the records are not as they were checked to be.
  private borrowing func answers(_ jobs: [Job]) -> [[[[UInt8]]]?] {
    ParallelLoops.map(count: jobs.count, chunksOf: 1) { try? answers(jobs[$0]) }
  }

  /// For every pack the answers of all limbs: sums, noise and mask in the lowest limb, blinding, re-randomisation, flood,
  /// rounding.
  private borrowing func answers(_ job: Job) throws(BFVError) -> [[[UInt8]]] {
    let limbs = plan.limbs[job.table]
    var constants = SecretResidues(modulus: plan.parameters.plaintextModulus, count: plan.packs * limbs + 1)
    for pack in 0..<plan.packs {
      plan.setNoise(
        records.noise, cell: job.cell, table: job.table, pack: pack, of: &constants, at: pack * limbs)
      if plan.isMasked {
        let place = plan.place(cell: job.cell, pack: pack, table: job.table)
        constants.add(place, of: masks, at: pack * limbs)
      }
      constants.blind((pack * limbs)..<((pack + 1) * limbs), bits: plan.limbBits)
    }
    var answers = [[[UInt8]]](repeating: [], count: plan.packs)
    for limb in 0..<limbs {
      let sums = try EncryptedVector.weightedSums(of: vectors, try weights(job, limb: limb))
      for (pack, ciphertext) in sums.enumerated() {
        var sum = ciphertext
        try constants.add(pack * limbs + limb, to: &sum)
        sum.add(publicKey.encryptZero(), errorsAreIndependent: true)
        try sum.flood(bits: plan.floodBits, constantCoefficientOnly: true)
        answers[pack].append(try sum.answer(.constant).encoded(plan.parameters))
      }
    }
    return answers
  }

  /// One limb of the weights of one table and cell. Zero digits stay in: time does not depend on how large weights are.
  private borrowing func weights(_ job: Job, limb: Int) throws(BFVError) -> EncryptedVector.Weights {
    let isLast = limb == plan.limbs[job.table] - 1
    let pairs = records.weights.entries(ofCell: job.cell).map { entry -> (element: Int, weight: Int64) in
      var rest = records.weights.weight(entry, table: job.table)
      // The last limb keeps all of the rest.
      for _ in 0..<limb { rest = (rest - plan.lowestLimb(of: rest)) >> Int64(plan.limbBits) }
      let row = Int(rowOfID[records.weights.identifier(entry)])
      return (row, isLast ? rest : plan.lowestLimb(of: rest))
    }
    return try EncryptedVector.Weights(
      pairs, capacity: plan.chunks * plan.parameters.degree, parameters: plan.parameters)
  }
}
