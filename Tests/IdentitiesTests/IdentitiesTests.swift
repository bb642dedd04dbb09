#if Services
import Foundation
import Identities
import Testing

/// A folder that is removed with its last reference.
private final class TemporaryFolder {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("identity-\(UUID())").path
  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false) }
  deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite struct IdentitiesTests {
  @Test func createdIdentityReadsBackWithTheSameFingerprint() throws {
    let folder = try TemporaryFolder()
    let created = try Identity.create(folder: folder.path + "/a", name: "Öresund Clinic")
    let read = try Identity(folder: folder.path + "/a")
    #expect(read.fingerprint == created.fingerprint)
    let pinned = try Fingerprint(certificateFileOrDigits: folder.path + "/a/certificate.pem")
    #expect(pinned == created.fingerprint)
    #expect(try Fingerprint(certificateFileOrDigits: created.description) == pinned)
    #expect(try Identity.create(folder: folder.path + "/b", name: "Öresund Clinic").fingerprint != pinned)
  }

  @Test func validityIsAsLongAsAsked() throws {
    let folder = try TemporaryFolder()
    let certificate = try Identity.create(folder: folder.path, name: "a", validDays: 30).certificate
    let day: TimeInterval = 86_400
    #expect(certificate.isValid(at: Date()))
    #expect(certificate.isValid(at: Date() + 29.9 * day) && !certificate.isValid(at: Date() + 30.1 * day))
    #expect(certificate.isValid(at: Date() - 0.9 * day) && !certificate.isValid(at: Date() - 1.1 * day))
  }

  @Test func identityOutsideItsValidityIsRefused() throws {
    let folder = try TemporaryFolder()
    let day: TimeInterval = 86_400
    for (name, moment) in [("past", Date() - 31 * day), ("future", Date() + 2 * day)] {
      let path = folder.path + "/" + name
      #expect(throws: IdentityError.outsideValidity(path: path + "/certificate.pem")) {
        try Identity.create(folder: path, name: "a", validDays: 30, at: moment)
      }
    }
  }

  @Test func nameIsReadBack() throws {
    let folder = try TemporaryFolder()
    let created = try Identity.create(folder: folder.path, name: "Öresund Clinic")
    #expect(created.certificate.name == "Öresund Clinic")
  }

  @Test func keyFileIsItsOwnersAloneAndRefusedOtherwise() throws {
    let folder = try TemporaryFolder()
    let key = folder.path + "/key.pem"
    _ = try Identity.create(folder: folder.path, name: "a")
    let attributes = try FileManager.default.attributesOfItem(atPath: key)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    for mode: UInt32 in [0o640, 0o604, 0o660, 0o622] {
      try FileManager.default.setAttributes([.posixPermissions: Int(mode)], ofItemAtPath: key)
      #expect(throws: IdentityError.keyExposed(path: key, mode: mode)) { try Identity(folder: folder.path) }
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: key)
    _ = try Identity(folder: folder.path)
  }

  @Test func existingFilesAreNeverOverwritten() throws {
    let folder = try TemporaryFolder()
    let key = folder.path + "/key.pem"
    let first = try Identity.create(folder: folder.path, name: "a")
    #expect(throws: IdentityError.alreadyExists(path: key)) {
      try Identity.create(folder: folder.path, name: "b")
    }
    #expect(try Identity(folder: folder.path).fingerprint == first.fingerprint)
    // A certificate in the way leaves no key behind.
    try FileManager.default.removeItem(atPath: key)
    #expect(throws: IdentityError.alreadyExists(path: folder.path + "/certificate.pem")) {
      try Identity.create(folder: folder.path, name: "b")
    }
    #expect(!FileManager.default.fileExists(atPath: key))
  }

  @Test func keyOfAnotherCertificateIsRefused() throws {
    let folder = try TemporaryFolder()
    _ = try Identity.create(folder: folder.path + "/a", name: "a")
    _ = try Identity.create(folder: folder.path + "/b", name: "b")
    let key = folder.path + "/b/key.pem"
    #expect(throws: IdentityError.keyMismatch(path: key)) {
      try Identity(certificateFile: folder.path + "/a/certificate.pem", keyFile: key)
    }
  }

  @Test func hostileFilesAreRefused() throws {
    let folder = try TemporaryFolder()
    _ = try Identity.create(folder: folder.path, name: "a")
    let certificate = folder.path + "/certificate.pem"
    let pem = try Data(contentsOf: URL(fileURLWithPath: certificate))
    let other = folder.path + "/other.pem"
    for bytes in [Data(), Data("-----BEGIN CERTIFICATE-----\n".utf8), pem.dropLast(60), pem + pem] {
      try bytes.write(to: URL(fileURLWithPath: other))
      #expect(throws: IdentityError.notACertificate(path: other)) { try IdentityCertificate(file: other) }
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: other)
    for bytes in [Data(), pem, Data(repeating: 0, count: 1000)] {
      try bytes.write(to: URL(fileURLWithPath: other))
      #expect(throws: IdentityError.notAKey(path: other)) {
        try Identity(certificateFile: certificate, keyFile: other)
      }
    }
    try Data(count: 1 << 20).write(to: URL(fileURLWithPath: other))
    #expect(throws: IdentityError.cannotRead(path: other, errno: EFBIG)) {
      try IdentityCertificate(file: other)
    }
    #expect(throws: IdentityError.cannotRead(path: folder.path, errno: EINVAL)) {
      try IdentityCertificate(file: folder.path)
    }
    #expect(throws: IdentityError.cannotRead(path: "/nowhere", errno: ENOENT)) {
      try IdentityCertificate(file: "/nowhere")
    }
  }

  @Test(arguments: [
    "", "line\nbreak", "\u{1B}[31mred", "right\u{202E}left", String(repeating: "a", count: 65),
  ])
  func unfitNamesAreRefused(name: String) throws {
    let folder = try TemporaryFolder()
    #expect(throws: IdentityError.invalidName) { try Identity.create(folder: folder.path, name: name) }
  }

  @Test func unfitValiditiesAreRefused() throws {
    let folder = try TemporaryFolder()
    for days in [-1, 0, 3651] {
      #expect(throws: IdentityError.invalidValidity) {
        try Identity.create(folder: folder.path, name: "a", validDays: days)
      }
    }
  }
}
#endif
