import UserNotifications

/// The buttons of a notification. Each calls the service with the token of the push, which is valid only for that notification: it needs
/// no session and does not start the page. The words are the same as in worker/show.ts.
enum Button: String {
    case snooze = "snooze_1h"
    case notThis = "not_this"

    /// The buttons for each kind of notification; the service sends the kind as the category.
    static var categories: Set<UNNotificationCategory> {
        let snooze = UNNotificationAction(identifier: Button.snooze.rawValue, title: "Snooze 1 h", options: [])
        let notThis = UNNotificationAction(identifier: Button.notThis.rawValue, title: "Not this", options: [])
        let of: (String, [UNNotificationAction]) -> UNNotificationCategory = { kind, actions in
            UNNotificationCategory(identifier: kind, actions: actions, intentIdentifiers: [], options: [])
        }
        return [
            of("match", [snooze, notThis]),
            of("unjudged", [snooze]),
            of("offline", [snooze]),
            of("online", [snooze]),
            of("text", [snooze]),
        ]
    }

    /// Runs the action, then calls back with nil, or with words if it failed.
    func press(_ push: [AnyHashable: Any], then: @escaping (String?) -> Void) {
        guard let request = request(for: push) else {
            then(Button.words(for: 404))
            return
        }
        let task = URLSession.shared.dataTask(with: request) { body, response, _ in
            let status = (response as? HTTPURLResponse)?.statusCode ?? 0
            then(status == 200 ? self.wordsOfAnswer(body) : Button.words(for: status))
        }
        task.resume()
    }

    private func request(for push: [AnyHashable: Any]) -> URLRequest? {
        guard let app = push["app-url"] as? String,
              let id = push["notification-id"] as? String,
              let token = push["action-token"] as? String,
              let url = URL(string: "/v1/notifications/\(id)/actions/", relativeTo: URL(string: app))
        else { return nil }
        var request = URLRequest(url: url, timeoutInterval: 20)
        request.httpMethod = "POST"
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.httpBody = try? JSONEncoder().encode(["action": rawValue, "token": token])
        return request
    }

    /// The answer has null for a camera that is no longer the user's, which is not snoozed.
    private func wordsOfAnswer(_ body: Data?) -> String? {
        let answer = try? JSONSerialization.jsonObject(with: body ?? Data()) as? [String: Any]
        let isDone = self != .snooze || answer?["snoozed_until"] is String
        return isDone ? nil : "Not done: this camera is no longer yours. Tap to open the app."
    }

    private static func words(for status: Int) -> String {
        switch status {
        case 0: return "Not done: there is no connection. Try again, or tap to open the app."
        case 401: return "Not done: these buttons work for a day. Tap to open the app."
        case 404: return "Not done: this notification was deleted. Tap to open the app."
        default: return "Not done: the service is busy. Try again, or tap to open the app."
        }
    }
}
