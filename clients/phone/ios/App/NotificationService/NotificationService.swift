import UserNotifications

/// Adds the picture to a push: iOS runs this for each one with `mutable-content` and waits up to 30 seconds before showing it. Based on
/// Apple's template. If the picture does not arrive in time, the push is shown without it.
class NotificationService: UNNotificationServiceExtension {
    private var contentHandler: ((UNNotificationContent) -> Void)?
    private var content: UNMutableNotificationContent?
    private var download: URLSessionDownloadTask?

    override func didReceive(
        _ request: UNNotificationRequest,
        withContentHandler contentHandler: @escaping (UNNotificationContent) -> Void
    ) {
        self.contentHandler = contentHandler
        content = request.content.mutableCopy() as? UNMutableNotificationContent
        guard let text = request.content.userInfo["detection-image-url"] as? String, let url = URL(string: text) else {
            show()
            return
        }
        download = URLSession.shared.downloadTask(with: url) { file, response, _ in
            if let file = file, (response as? HTTPURLResponse)?.statusCode == 200 {
                self.attach(file, as: url.pathExtension)
            }
            self.show()
        }
        download?.resume()
    }

    override func serviceExtensionTimeWillExpire() {
        show()
        download?.cancel()
    }

    /// The system needs the file extension of a picture, which a download does not have.
    private func attach(_ file: URL, as type: String) {
        let name = UUID().uuidString + "." + (type.isEmpty ? "jpg" : type)
        let picture = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        guard (try? FileManager.default.moveItem(at: file, to: picture)) != nil,
              let attachment = try? UNNotificationAttachment(identifier: "picture", url: picture)
        else { return }
        content?.attachments = [attachment]
    }

    /// Calls the handler only once, as the system requires.
    private func show() {
        guard let contentHandler = contentHandler, let content = content else { return }
        self.contentHandler = nil
        contentHandler(content)
    }
}
