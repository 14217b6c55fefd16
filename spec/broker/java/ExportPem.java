import java.io.FileInputStream;
import java.security.KeyStore;
import java.util.Base64;

/** Prints the private key and the certificates of the one entry of a PKCS12 key store as PEM. Arguments: file, password. */
final class ExportPem {
  public static void main(String[] words) throws Exception {
    var password = words[1].toCharArray();
    var store = KeyStore.getInstance("PKCS12");
    try (var file = new FileInputStream(words[0])) {
      store.load(file, password);
    }
    var alias = store.aliases().nextElement();
    print("PRIVATE KEY", store.getKey(alias, password).getEncoded());
    for (var certificate : store.getCertificateChain(alias)) print("CERTIFICATE", certificate.getEncoded());
  }

  private static void print(String kind, byte[] bytes) {
    var text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    System.out.printf("-----BEGIN %s-----%n%s%n-----END %s-----%n", kind, text, kind);
  }
}
