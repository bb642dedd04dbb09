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

  /// For every pack the answers of all limbs.
  private borrowing func answers(_ job: Job) throws(BFVError) -> [[[UInt8]]] {
    let parts = try weights(job)
    return try vectors.indices.map { pack throws(BFVError) in
      try finish(parts, job, pack: pack)
    }
  }

  /// The weights of one table and cell, cut into limbs. Zero digits stay in: time does not depend on how large weights are.
  private borrowing func weights(_ job: Job) throws(BFVError) -> [EncryptedVector.Weights] {
    let limbs = plan.limbs[job.table]
    var parts = [[(element: Int, weight: Int64)]](repeating: [], count: limbs)
    for entry in records.weights.entries(ofCell: job.cell) {
      let row = Int(rowOfID[records.weights.identifier(entry)])
      var rest = records.weights.weight(entry, table: job.table)
      for limb in 0..<limbs {
        // Balanced: the digit in [−128, 127] that is congruent to the rest; the last limb keeps it all.
        let digit = limb == limbs - 1 ? rest : Int64(Int8(truncatingIfNeeded: rest))
        parts[limb].append((row, digit))
        rest = (rest - digit) >> Int64(AggregationPlan.limbBits)
      }
    }
    return try parts.map { part throws(BFVError) in
      try EncryptedVector.Weights(
        part, capacity: plan.chunks * plan.parameters.degree, parameters: plan.parameters)
    }
  }

  /// Sums, noise in the lowest limb, blinding, re-randomisation, flood, rounding.
  private borrowing func finish(
    _ parts: [EncryptedVector.Weights], _ job: Job, pack: Int
  ) throws(BFVError) -> [[UInt8]] {
    var constants = SecretResidues(modulus: plan.parameters.plaintextModulus, count: parts.count + 1)
    plan.setNoise(records.noise, cell: job.cell, table: job.table, pack: pack, of: &constants)
    constants.blind(limbs: parts.count, bits: AggregationPlan.limbBits)
    var answers: [[UInt8]] = []
    for (limb, part) in parts.enumerated() {
      var sum = vectors[pack].weightedSum(part)
      try constants.add(limb, to: &sum)
      sum.add(publicKey.encryptZero(), errorsAreIndependent: true)
      try sum.flood(bits: plan.floodBits, constantCoefficientOnly: true)
      answers.append(try sum.answer(.constant).encoded(plan.parameters))
    }
    return answers
  }
}
