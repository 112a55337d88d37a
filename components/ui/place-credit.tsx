/** The link that DB-IP's licence asks for wherever places are shown that its database knows. */
export function PlaceCredit() {
  return (
    <a
      href="https://db-ip.com"
      rel="noreferrer"
      target="_blank"
      className="text-xs text-ink-2 underline hover:text-ink"
    >
      IP Geolocation by DB-IP
    </a>
  );
}
