# Run as a program: records the traffic with VCR. Arguments: origin, output folder, serializer, exact and decode (0 or 1).
require 'vcr'
require 'webmock'
require 'net/http'

origin, folder, serializer, exact, decode = ARGV
address = URI(origin)
VCR.configure do |config|
  config.cassette_library_dir = folder
  config.hook_into :webmock
  config.preserve_exact_body_bytes { exact == '1' }
end

def ask(address, request, body = nil, headers = {})
  headers.each { |name, value| request[name] = value }
  request.body = body if body
  Net::HTTP.start(address.host, address.port) { |http| http.request(request) }
end

VCR.use_cassette('traffic', serialize_with: serializer.to_sym, decode_compressed_response: decode == '1') do
  ask(address, Net::HTTP::Get.new('/cookies?page=2&q=a%20b'), nil, 'Accept' => 'text/plain')
  ask(address, Net::HTTP::Get.new('/gzip'), nil, 'Accept-Encoding' => 'gzip')
  ask(address, Net::HTTP::Get.new('/image.png'))
  ask(address, Net::HTTP::Post.new('/form'), 'name=Zo%C3%AB&x=1', 'Content-Type' => 'application/x-www-form-urlencoded')
  ask(address, Net::HTTP::Post.new('/json'), '{"title":"Zoë","n":[1,2]}', 'Content-Type' => 'application/json')
  ask(address, Net::HTTP::Post.new('/upload'), [0, 255, 254, 1, 128].pack('C*'), 'Content-Type' => 'application/octet-stream')
  ask(address, Net::HTTP::Get.new('/redirect'))
  ask(address, Net::HTTP::Get.new('/landed?from=redirect'))
  ask(address, Net::HTTP::Get.new('/missing'))
end
