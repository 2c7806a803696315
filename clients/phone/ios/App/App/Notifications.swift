import Capacitor
import UserNotifications

/// Handles notifications: the buttons, which work without the page, and everything else, which Capacitor passes to the page. It replaces
/// Capacitor's own delegate (`handleApplicationNotifications` is off in capacitor.config.js), which does not exist yet when a button
/// starts the app in the background.
class Notifications: NSObject, UNUserNotificationCenterDelegate {
    static let shared = Notifications()

    /// Capacitor's router to the page, once the page exists. A tap that started the app waits for it.
    weak var router: NotificationRouter? {
        didSet {
            guard let response = waiting else { return }
            waiting = nil
            open(response)
        }
    }
    private var waiting: UNNotificationResponse?

    func begin() {
        UNUserNotificationCenter.current().delegate = self
        UNUserNotificationCenter.current().setNotificationCategories(Button.categories)
    }

    func userNotificationCenter(
        _ center: UNUserNotificationCenter,
        willPresent notification: UNNotification,
        withCompletionHandler completionHandler: @escaping (UNNotificationPresentationOptions) -> Void
    ) {
        let options = router?.pushNotificationHandler?.willPresent(notification: notification)
        completionHandler(options ?? [.banner, .list, .sound])
    }

    func userNotificationCenter(
        _ center: UNUserNotificationCenter,
        didReceive response: UNNotificationResponse,
        withCompletionHandler completionHandler: @escaping () -> Void
    ) {
        guard let button = Button(rawValue: response.actionIdentifier) else {
            open(response)
            completionHandler()
            return
        }
        // iOS lets the app run until the handler is called, for at most half a minute.
        button.press(response.notification.request.content.userInfo) { words in
            if let words = words { self.say(words, instead: response.notification.request) }
            DispatchQueue.main.async(execute: completionHandler)
        }
    }

    private func open(_ response: UNNotificationResponse) {
        guard let handler = router?.pushNotificationHandler else {
            waiting = response
            return
        }
        handler.didReceive(response: response)
    }

    /// Shows the notification again with the reason for the failure, since a tap on a button removes it.
    private func say(_ words: String, instead request: UNNotificationRequest) {
        guard let content = request.content.mutableCopy() as? UNMutableNotificationContent else { return }
        content.body = words
        content.sound = nil
        content.attachments = []
        let again = UNNotificationRequest(identifier: request.identifier, content: content, trigger: nil)
        UNUserNotificationCenter.current().add(again)
    }
}
