/** Certificates made with openssl, and what `openssl x509 -fingerprint -sha256` says of them. */
export const CERTIFICATES = [
  {
    pem: pem([
      '-----BEGIN CERTIFICATE-----',
      'MIIBfDCCASOgAwIBAgIUaW7NX+c5jcMikgwaFQUGnVbiYzcwCgYIKoZIzj0EAwIw',
      'FDESMBAGA1UEAwwJY2EuYmFuay1iMB4XDTI2MTEyMjA2MzI0NFoXDTM2MTExOTA2',
      'MzI0NFowFDESMBAGA1UEAwwJY2EuYmFuay1iMFkwEwYHKoZIzj0CAQYIKoZIzj0D',
      'AQcDQgAE09ttS9vi2XKl50y7qHmvq/GDwzekFtSME05s7SX1EMkJHk5DmSs1sdgX',
      'rcZHD8kbqZhMSicHc6LRCEYojBlQDaNTMFEwHQYDVR0OBBYEFIB2lkTKyW2nrPZ2',
      'E0Zuw0Zw3jidMB8GA1UdIwQYMBaAFIB2lkTKyW2nrPZ2E0Zuw0Zw3jidMA8GA1Ud',
      'EwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgFnhnAcrnUXA/10O0Jr+H0yCD',
      'jj+uWZY8edj4+wDs36wCIDQ0dJ7rUTxXbensegDhGhI2ZPGjh4+h/4ybSRRRXOmx',
      '-----END CERTIFICATE-----',
    ]),
    fingerprint: '93:EA:D0:03:03:69:B8:C8:C5:F5:02:BB:D8:D4:61:CC:06:0C:79:A8:7E:22:9A:62:67:E1:E3:38:90:12:BC:3D',
  },
  {
    pem: pem([
      '-----BEGIN CERTIFICATE-----',
      'MIIBgzCCASmgAwIBAgIUVprssB20arIaLJwE+ml2u0QANnAwCgYIKoZIzj0EAwIw',
      'FzEVMBMGA1UEAwwMdGxzY2EuYmFuay1iMB4XDTI2MTEyMjA2MzI0NFoXDTM2MTEx',
      'OTA2MzI0NFowFzEVMBMGA1UEAwwMdGxzY2EuYmFuay1iMFkwEwYHKoZIzj0CAQYI',
      'KoZIzj0DAQcDQgAEPexFca+qY9PAEsoBbpwdFWzaaei74+QX7zoMaVvz8UjiW/Nj',
      'binql/k/bIKNiT/tWcvjDD/Ig+dmlUC2GpwLCaNTMFEwHQYDVR0OBBYEFIyNIABu',
      'sGfRt1XhrPDmVgbUY5TzMB8GA1UdIwQYMBaAFIyNIABusGfRt1XhrPDmVgbUY5Tz',
      'MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAJAv+n2YSyVy//PZ',
      'TDBlhrMPd+cICciYcWeNxh7u7z3AAiBiWusZ5FzB/ecXE7pNj4y2F6QidqFYo5mZ',
      'wYCkJJP71Q==',
      '-----END CERTIFICATE-----',
    ]),
    fingerprint: '54:E2:D0:FD:9E:DC:3D:18:27:F4:03:55:A6:4D:08:3F:A4:EE:9F:0F:98:16:6A:72:81:33:2C:10:A3:D4:65:6E',
  },
] as const;

function pem(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
