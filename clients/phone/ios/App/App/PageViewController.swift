import Capacitor
import WebKit

/// Shows the page, and passes it two values in `window.scout` (read by src/native/installation.ts): which of Apple's push services the
/// app uses, and the id of this installation. The id is deleted with the app, the Keychain is not: so the page detects values of an
/// earlier installation.
class PageViewController: CAPBridgeViewController {
    override func capacitorDidLoad() {
        // The page's background colour, so that nothing flashes before it is drawn.
        webView?.backgroundColor = .systemGroupedBackground
        webView?.scrollView.backgroundColor = .systemGroupedBackground

        let script = "window.scout = { environment: '\(environment)', installation: '\(installation)' }"
        webView?.configuration.userContentController.addUserScript(
            WKUserScript(source: script, injectionTime: .atDocumentStart, forMainFrameOnly: true)
        )
        Notifications.shared.router = bridge?.notificationRouter
    }

    private var environment: String {
        Bundle.main.object(forInfoDictionaryKey: "ScoutApnsEnvironment") as? String ?? "production"
    }

    private var installation: String {
        let kept = UserDefaults.standard.string(forKey: "installation")
        let name = kept ?? UUID().uuidString
        UserDefaults.standard.set(name, forKey: "installation")
        return name
    }
}
